-- Agents, their invites, and the keys of this installation. Times are milliseconds since 1970. A
-- column named "sealed_key" is a PKCS#8 private key encrypted by auth.store.Sealer under seal.key.

create table authority (
  one         integer primary key check (one = 1),
  certificate blob not null,                -- DER, self-signed
  sealed_key  blob not null,
  created_at  integer not null
) strict;

create table signing_key (
  kid         text primary key,             -- RFC 7638 thumbprint
  public_key  blob not null,                -- DER SubjectPublicKeyInfo
  sealed_key  blob not null,
  created_at  integer not null,
  signs_from  integer not null,
  signs_until integer not null
) strict;

-- The last statement of the signing keys that was issued; seq never goes back.
create table key_statement (
  one       integer primary key check (one = 1),
  seq       integer not null,
  issuer    text not null,
  kids      text not null,                  -- one a line, sorted
  jws       text not null,
  issued_at integer not null
) strict;

create table invite (
  id         text primary key,
  hash       blob not null,                 -- SHA-256 of the 256-bit secret, which is never stored
  agent      text not null,
  services   text not null,                 -- one a line; empty means any
  created_at integer not null,
  expires_at integer not null,
  used_at    integer
) strict;

create index invite_agent on invite (agent);

create table agent (
  id               text primary key,
  services         text not null,           -- one a line; empty means any
  revoked          integer not null,
  enrolled_at      integer not null,
  certificate_ends integer not null
) strict;

create table agent_key (
  agent       text not null references agent on delete cascade,
  fingerprint text not null,                -- SHA-256 of the SubjectPublicKeyInfo, hex
  primary key (agent, fingerprint)
) strict, without rowid;

-- What an agent was seen to offer, now or before.
create table agent_service (
  agent   text not null references agent on delete cascade,
  service text not null,
  primary key (agent, service)
) strict, without rowid;
