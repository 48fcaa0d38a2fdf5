"""The whole product under SIGKILL: people, workers, web processes, Prefect, PostgreSQL and a partner with its own ledger."""
