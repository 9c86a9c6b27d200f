-- Where a client comes from, and until when the copy of its metadata document is good.

alter table client add column origin text not null default 'registered';  -- registered | document
alter table client add column fresh_until integer;
