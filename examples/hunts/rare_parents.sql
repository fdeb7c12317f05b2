-- Stacking: pairs of parent and child that one host alone has, the rarest first.
SELECT lower(basename(creator_process)) AS parent, lower(basename(new_process)) AS child,
       count(*) AS times, count(DISTINCT host) AS hosts, min(time) AS first_seen, max(time) AS last_seen
FROM process
WHERE creator_process IS NOT NULL
GROUP BY ALL
HAVING count(DISTINCT host) = 1
ORDER BY times, parent, child
LIMIT 50;
