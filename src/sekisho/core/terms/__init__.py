"""The words of the house (GLOSSARY.md) as small types. Standard library only."""
