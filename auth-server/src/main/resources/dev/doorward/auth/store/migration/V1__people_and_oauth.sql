-- People, their clients, and what they allowed. Times are milliseconds since 1970. A column named
-- "hash" is the SHA-256 of at least 256 random bits: the secret itself is never stored.

create table person (
  subject    text primary key,
  name       text not null unique,          -- lower case, what is typed at sign-in
  owner      integer not null,
  password   text,                          -- argon2id in PHC form; null until the setup link was used
  created_at integer not null
) strict;

create table person_service (
  subject text not null references person on delete cascade,
  service text not null,
  primary key (subject, service)
) strict, without rowid;

create table setup_link (
  hash       blob primary key,
  subject    text not null references person on delete cascade,
  expires_at integer not null
) strict, without rowid;

create table session (
  hash       blob primary key,
  subject    text not null references person on delete cascade,
  created_at integer not null,
  seen_at    integer not null
) strict, without rowid;

create index session_subject on session (subject);

-- Browsers in which a person has signed in before: their sign-in cannot be blocked by strangers.
create table known_device (
  hash    blob not null,
  subject text not null references person on delete cascade,
  seen_at integer not null,
  primary key (hash, subject)
) strict, without rowid;

create index known_device_subject on known_device (subject);

create table client (
  id               text primary key,
  name             text not null,
  application_type text not null,           -- web | native
  auth_method      text not null,           -- none | client_secret_basic | client_secret_post
  secret_hash      blob,
  redirect_uris    text not null,           -- one a line
  refreshes        integer not null,        -- whether it registered the grant type refresh_token
  network          text not null,           -- prefix of the address that registered it
  created_at       integer not null,
  used_at          integer                  -- when a person first allowed it something
) strict;

create index client_unused on client (network, created_at) where used_at is null;

-- A request at /authorize that waits for the person, bound to the browser that started it.
create table authorization_request (
  hash         blob primary key,
  browser_hash blob not null,
  client_id    text not null references client on delete cascade,
  redirect_uri text not null,
  state        text,
  challenge    text not null,               -- PKCE S256
  resource     text not null,
  scope        text not null,
  network      text not null,
  created_at   integer not null,
  expires_at   integer not null
) strict, without rowid;

create index authorization_request_network on authorization_request (network, created_at);
create index authorization_request_created on authorization_request (created_at);

create table code (
  hash         blob primary key,
  client_id    text not null references client on delete cascade,
  subject      text not null references person on delete cascade,
  redirect_uri text not null,
  challenge    text not null,
  resource     text not null,
  scope        text not null,
  expires_at   integer not null,
  used_at      integer,
  grant_id     text                         -- set together with used_at; outlives the grant
) strict, without rowid;

-- What a person allows a client. A row that is gone is a grant that was revoked or ran out.
create table access_grant (
  id           text primary key,
  client_id    text not null references client on delete cascade,
  subject      text not null references person on delete cascade,
  redirect_uri text not null,
  resource     text not null,
  scope        text not null,
  created_at   integer not null,
  used_at      integer not null,
  ends_at      integer not null
) strict;

create index access_grant_subject on access_grant (subject);

create table refresh_token (
  hash       blob primary key,
  grant_id   text not null references access_grant on delete cascade,
  expires_at integer not null,
  used_at    integer,
  replay     blob                           -- the answer to its use, sealed with the token itself
) strict, without rowid;

create index refresh_token_grant on refresh_token (grant_id);
