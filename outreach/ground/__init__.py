"""Settings, the database and its queue, logs, dates and addresses: what every room stands on."""
