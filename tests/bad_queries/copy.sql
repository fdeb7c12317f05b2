copy (select 1) to 'x.csv'
