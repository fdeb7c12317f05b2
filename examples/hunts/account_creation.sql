-- Accounts created, or put into a group, from a command line: `net user … /add` and its kin. ATT&CK T1136, T1098.
SELECT time, host, account, basename(creator_process) AS parent, created_account(command_line) AS created,
       command_line
FROM process
WHERE is_account_creation(command_line)
ORDER BY time, host, record_id;
