-- Authorization requests that a client pushed before it sends the browser (RFC 9126): the parameters as
-- they came, without anything that authenticated the client.

create table pushed_request (
  hash       blob primary key,
  client_id  text not null references client on delete cascade,
  parameters text not null,
  network    text not null,
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;

create index pushed_request_network on pushed_request (network, created_at);
create index pushed_request_created on pushed_request (created_at);

-- Whether the client wants the person to be asked though they allowed the same before (prompt=consent).
alter table authorization_request add column asks integer not null default 0;
