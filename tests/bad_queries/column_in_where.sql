select host
from process
where comand_line ilike '%-enc%'
