-- Clients that the operator adds.

alter table client add column keys text;                          -- JWK set of one that signs assertions
alter table client add column services text;                      -- what it may use by itself, one a line
alter table client add column pushes integer not null default 0;  -- only pushed authorization requests (RFC 9126)

-- Access of a client by itself (client_credentials). A row that is gone is access that was revoked or ran out.
create table own_grant (
  id         text primary key,
  client_id  text not null references client on delete cascade,
  resource   text not null,
  ends_at    integer not null
) strict;

create index own_grant_client on own_grant (client_id);

-- Client assertions that were used, until they end by themselves.
create table used_assertion (
  hash       blob primary key,              -- SHA-256 of client and jti
  expires_at integer not null
) strict, without rowid;
