select substr(record_id) from process
