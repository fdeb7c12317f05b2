select host from process where count(*) > 1 group by host
