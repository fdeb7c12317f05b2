select host, count(*) from process
