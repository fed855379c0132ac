-- The users of an invented platform, as MySQL or MariaDB keeps them. In an empty database:
--
--     cat samples/mysql.sql samples/users-rows.sql | mysql --default-character-set=utf8mb4 app
--     gridsync plan --config samples/mysql.toml

CREATE TABLE users (
  id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
  member_no VARCHAR(20) NOT NULL UNIQUE,
  account_kind ENUM('person', 'company') NOT NULL,
  first_name VARCHAR(80),
  last_name VARCHAR(80),
  born_on DATE,
  citizenship CHAR(2),
  email_address VARCHAR(190) NOT NULL,
  mobile VARCHAR(20) NOT NULL,
  street VARCHAR(120) NOT NULL,
  street_2 VARCHAR(120),
  town VARCHAR(80) NOT NULL,
  region_code VARCHAR(20),
  postcode VARCHAR(20) NOT NULL,
  country CHAR(2),                      -- none: the home country
  funds SET('salary', 'savings', 'self-employed', 'pension', 'rent', 'gift'),
  company VARCHAR(120),
  company_country CHAR(2),
  vat_id VARCHAR(40),
  founded_on DATE,
  sector ENUM(
    'construction', 'manufacturing', 'wholesale', 'retail', 'transport', 'software & media',
    'finance', 'consulting', 'education', 'health', 'hospitality', 'farming', 'other services'),
  terms_accepted_at DATETIME NOT NULL,  -- in UTC
  terms_ip VARCHAR(45) NOT NULL,
  created_at DATETIME NOT NULL,
  plan ENUM('basic', 'plus', 'pro') NOT NULL,
  balance DECIMAL(12, 2) NOT NULL DEFAULT 0,
  wants_news BOOLEAN NOT NULL DEFAULT FALSE,
  settings JSON,
  notes TEXT,
  grid_customer_id VARCHAR(80)          -- where Grid's own id goes
) CHARACTER SET utf8mb4;
