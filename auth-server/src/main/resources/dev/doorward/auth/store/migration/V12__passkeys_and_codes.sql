-- A random name for a person that authenticators keep; it says nothing about them.
create table person_handle (
  subject text primary key references person on delete cascade,
  handle  blob not null unique
) strict, without rowid;

create table passkey (
  credential      blob primary key,         -- the authenticator's own identifier
  id              text not null unique,     -- names it on pages
  subject         text not null references person on delete cascade,
  name            text not null,
  key             blob not null,            -- AAGUID, credential and COSE key as WebAuthn writes them
  sign_count      integer not null,
  backup_eligible integer not null,
  backed_up       integer not null,
  created_at      integer not null,
  used_at         integer,
  alarmed_at      integer                   -- when its signature counter stepped back
) strict;

create index passkey_subject on passkey (subject);

-- Challenges that were answered; each is good once.
create table used_challenge (
  hash       blob primary key,
  expires_at integer not null
) strict, without rowid;

create table totp (
  subject      text primary key references person on delete cascade,
  secret       blob not null,               -- sealed
  last_step    integer not null,            -- the newest step that was used
  confirmed_at integer                      -- null until the first right code
) strict, without rowid;

create table recovery_code (
  hash    blob primary key,                 -- keyed hash of person and code
  subject text not null references person on delete cascade
) strict, without rowid;

create index recovery_code_subject on recovery_code (subject);

-- A right password that waits for the second factor, in the browser that sent it.
create table second_step (
  hash         blob primary key,
  browser_hash blob not null,
  subject      text not null references person on delete cascade,
  onward       text not null,
  failures     integer not null,
  expires_at   integer not null
) strict, without rowid;
