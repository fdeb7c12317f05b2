update process set host = 'a'
