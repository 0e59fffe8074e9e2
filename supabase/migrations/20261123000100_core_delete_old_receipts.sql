-- Deletes up to `max_rows` receipts older than `keep`, and says how many. Events themselves stay. Nothing younger than 90
-- days goes, whatever `keep` says. The order of the index is that of time: an event's id begins with its milliseconds.
create function private.delete_old_receipts(keep interval, max_rows integer) returns integer
  language sql volatile security definer
  set search_path = ''
  as $$
    with old as (
      select r.event_id, r.listener
      from private.event_receipts r
      where r.event_id < (
          lpad(to_hex((extract(epoch from now() - greatest(keep, interval '90 days')) * 1000)::bigint), 12, '0')
          || '00000000000000000000'
        )::uuid
        and r.handled_at < now() - greatest(keep, interval '90 days')
      order by r.event_id
      limit max_rows
      for update skip locked
    ),
    gone as (
      delete from private.event_receipts r using old
      where r.event_id = old.event_id and r.listener = old.listener
      returning r.event_id
    )
    select count(*)::integer from gone
  $$;
revoke all on function private.delete_old_receipts(interval, integer) from public, anon, authenticated, service_role;
grant execute on function private.delete_old_receipts(interval, integer) to service_role;
