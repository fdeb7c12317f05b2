select row_number() from process
