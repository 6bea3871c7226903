"""The office (業務系): people, contracts, cases, orders, money, pages. It meets the engine on the log only."""
