select host form process
