"""parquet_lake."""
