"""The lake as Parquet files in a folder."""
