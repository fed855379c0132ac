-- The users of an invented platform, as PostgreSQL keeps them. In an empty database:
--
--     psql "$DATABASE_URL" -f samples/postgres.sql -f samples/users-rows.sql
--     gridsync plan --config samples/postgres.toml

CREATE TYPE account_kind AS ENUM ('person', 'company');
CREATE TYPE plan AS ENUM ('basic', 'plus', 'pro');
CREATE TYPE sector AS ENUM (
  'construction', 'manufacturing', 'wholesale', 'retail', 'transport', 'software & media',
  'finance', 'consulting', 'education', 'health', 'hospitality', 'farming', 'other services');

CREATE TABLE users (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  member_no VARCHAR(20) NOT NULL UNIQUE,
  account_kind account_kind NOT NULL,
  first_name TEXT,
  last_name TEXT,
  born_on DATE,
  citizenship CHAR(2),
  email_address TEXT NOT NULL,
  mobile TEXT NOT NULL,
  street TEXT NOT NULL,
  street_2 TEXT,
  town TEXT NOT NULL,
  region_code TEXT,
  postcode TEXT NOT NULL,
  country CHAR(2),                      -- none: the home country
  funds TEXT,                           -- as it came from a form, and as a list:
  sources_of_funds TEXT[] GENERATED ALWAYS AS (string_to_array(funds, ',')) STORED,
  company TEXT,
  company_country CHAR(2),
  vat_id TEXT,
  founded_on DATE,
  sector sector,
  terms_accepted_at TIMESTAMP NOT NULL, -- in UTC
  terms_ip INET NOT NULL,
  created_at TIMESTAMP NOT NULL,
  plan plan NOT NULL,
  balance NUMERIC(12, 2) NOT NULL DEFAULT 0,
  wants_news BOOLEAN NOT NULL DEFAULT false,
  settings JSONB NOT NULL DEFAULT '{}',
  notes TEXT,
  grid_customer_id TEXT                 -- where Grid's own id goes
);
