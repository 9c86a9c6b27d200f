-- Requests of devices without a browser that wait for a person with one (RFC 8628). The user code has few bits but
-- gives nothing by itself: whoever enters it only may answer the request, signed in.
create table device_request (
  hash       blob primary key,              -- of the device code, 256 random bits
  user_hash  blob not null unique,
  client_id  text not null references client on delete cascade,
  resource   text not null,
  scope      text not null,
  network    text not null,
  created_at integer not null,
  expires_at integer not null,
  wait       integer not null,              -- seconds between two polls
  polled_at  integer not null,
  answer     text not null,                 -- waiting | allowed | denied
  subject    text references person on delete cascade,
  grant_id   text                           -- what came of it; outlives the grant
) strict, without rowid;

create index device_request_network on device_request (network, created_at);
