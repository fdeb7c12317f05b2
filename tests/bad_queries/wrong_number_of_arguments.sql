select lower(host, 1) from process
