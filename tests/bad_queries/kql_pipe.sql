process | where host == 'a'
