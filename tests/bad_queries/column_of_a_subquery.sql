select hots from (select host, count(*) as n from process group by host)
