-- The users of an invented platform, as SQLite keeps them:
--
--     cat samples/sqlite.sql samples/users-rows.sql | sqlite3 samples/app.sqlite
--     gridsync plan --config samples/sqlite.toml

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  member_no TEXT NOT NULL UNIQUE,
  account_kind TEXT NOT NULL CHECK (account_kind IN ('person', 'company')),
  first_name TEXT,
  last_name TEXT,
  born_on TEXT,                         -- a date
  citizenship TEXT,
  email_address TEXT NOT NULL,
  mobile TEXT NOT NULL,
  street TEXT NOT NULL,
  street_2 TEXT,
  town TEXT NOT NULL,
  region_code TEXT,
  postcode TEXT NOT NULL,
  country TEXT,                         -- none: the home country
  funds TEXT,                           -- a list: salary,savings
  company TEXT,
  company_country TEXT,
  vat_id TEXT,
  founded_on TEXT,
  sector TEXT,
  terms_accepted_at TEXT NOT NULL,      -- in UTC, as datetime() writes it
  terms_ip TEXT NOT NULL,
  created_at TEXT NOT NULL,
  plan TEXT NOT NULL CHECK (plan IN ('basic', 'plus', 'pro')),
  balance REAL NOT NULL DEFAULT 0,
  wants_news BOOLEAN NOT NULL DEFAULT 0,
  settings TEXT,                        -- JSON
  notes TEXT,
  grid_customer_id TEXT                 -- where Grid's own id goes
);
