select host from process where Image like '%cmd.exe'
