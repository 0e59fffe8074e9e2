-- What takes events in stores them and learns which were new; it reads no body and changes nothing.
do $$
begin
  grant insert (
      id, provider, event_id, type, api_version, is_live, event_created_at, subject, body, status
    ), select (id, provider, event_id)
    on private.webhook_inbox to turnpike_api;
exception
  when undefined_object then null;
end
$$;

-- Deletes up to `max_rows` events that are closed and have been for longer than `keep`, the oldest first, and says how
-- many. Nothing younger than 90 days goes, whatever `keep` says, and nothing that waits or is dead: nobody deletes
-- stored events by any other way.
create function private.delete_closed_webhook_events(keep interval, max_rows integer) returns integer
  language sql volatile security definer
  set search_path = ''
  as $$
    with closed as (
      select w.id
      from private.webhook_inbox w
      where w.received_at < now() - greatest(keep, interval '90 days')
        and w.status in ('done', 'ignored')
        and coalesce(w.processed_at, w.received_at) < now() - greatest(keep, interval '90 days')
      order by w.received_at
      limit max_rows
      for update skip locked
    ),
    gone as (
      delete from private.webhook_inbox w using closed where w.id = closed.id returning w.id
    )
    select count(*)::integer from gone
  $$;
revoke all on function private.delete_closed_webhook_events(interval, integer) from public, anon, authenticated, service_role;
grant execute on function private.delete_closed_webhook_events(interval, integer) to service_role;
