select record_id / 0 from process
