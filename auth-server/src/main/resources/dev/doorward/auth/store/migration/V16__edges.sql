-- Edges on other machines, and the invites that let them in. Times are milliseconds since 1970.

create table edge (
  name             text primary key,
  certificate_ends integer not null,
  joined_at        integer not null
) strict;

create table edge_key (
  edge        text not null references edge on delete cascade,
  fingerprint text not null,                -- SHA-256 of the SubjectPublicKeyInfo, hex
  primary key (edge, fingerprint)
) strict, without rowid;

create table edge_invite (
  id         text primary key,
  hash       blob not null,                 -- SHA-256 of the 256-bit secret, which is never stored
  edge       text not null,
  expires_at integer not null,
  used_at    integer
) strict;
