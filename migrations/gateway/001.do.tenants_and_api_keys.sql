create table gateway.tenants (
  tenant_id text primary key check (tenant_id ~ '^[a-z0-9-]{1,63}$'),
  name text not null,
  created_at timestamptz not null default now()
);

-- key_hash is the plain SHA-256 of the key. A slow, salted hash protects secrets that people choose, because those can
-- be guessed; a key is 256 random bits, so there is nothing to guess, and a hash that is the same each time can be looked up by index.
create table gateway.api_keys (
  key_id uuid primary key,
  tenant_id text not null references gateway.tenants (tenant_id),
  name text not null,
  level int not null check (level between 1 and 5),
  key_hash bytea not null unique check (octet_length(key_hash) = 32),
  last_four text not null check (char_length(last_four) = 4),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create index api_keys_of_tenant on gateway.api_keys (tenant_id, key_id);

alter table gateway.tenants enable row level security;
alter table gateway.tenants force row level security;
alter table gateway.api_keys enable row level security;
alter table gateway.api_keys force row level security;

-- Outside a tenant transaction the setting is absent or empty: null equals nothing, so no row passes.
create policy tenant on gateway.tenants to aos_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

create policy tenant on gateway.api_keys to aos_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

-- A key is looked up before its tenant is known: who holds the key's hash sees that one row.
create policy key_hash on gateway.api_keys for select to aos_app
  using (key_hash = decode(nullif(current_setting('app.key_hash', true), ''), 'hex'));

grant usage on schema gateway to aos_app;
grant select, insert on gateway.tenants, gateway.api_keys to aos_app;
grant update (name) on gateway.tenants to aos_app;
grant update (name, revoked_at) on gateway.api_keys to aos_app;
