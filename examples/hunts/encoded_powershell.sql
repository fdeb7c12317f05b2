-- PowerShell started with an encoded command, and what the command says. ATT&CK T1059.001, T1027.010.
SELECT time, host, account, basename(creator_process) AS parent, decode_ps(command_line) AS script, command_line
FROM process
WHERE is_encoded_ps(command_line)
ORDER BY time, host, record_id;
