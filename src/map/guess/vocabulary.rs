//! What people call the fields, as words without anything between them. Data alone; how it is read
//! is in `names`.

use super::names::Target;

/// Paths, and the names that mean them, the surest first. A number in a list of names is how sure
/// those behind it are.
pub(super) const NAMES: &[(&str, &[(u8, &str)])] = &[
    (
        "platformCustomerId",
        &[
            (
                95,
                "userid userno usernumber usernr useruuid userguid userkey uid memberid memberno membernumber customerid customerno customernumber customernr customeruuid clientid clientno clientnumber platformuserid platformid subscriberid patronid kundennummer kundennr",
            ),
            (
                88,
                "externalid externaluserid externalref externalreference externalcustomerid extid",
            ),
            (
                84,
                "uuid guid oid publicid personid partyid profileid accountid accountno accountnumber",
            ),
            (80, "id pk key nr no number"),
            (55, "reference ref code handle username login loginname"),
        ],
    ),
    (
        "customerType",
        &[
            (
                95,
                "customertype usertype clienttype membertype persontype partytype customerkind userkind accountholdertype",
            ),
            (
                85,
                "accounttype accountkind kind type legalpersontype usercategory customercategory",
            ),
            (
                80,
                "isbusiness iscompany isorganization isorganisation iscorporate islegalentity b2b isb2b isindividual isperson isprivate",
            ),
            (55, "category segment class role"),
        ],
    ),
    ("umaAddress", &[(95, "uma umaaddress umahandle")]),
    (
        "email",
        &[
            (
                95,
                "email mail emailaddress mailaddress emailaddr emailid eaddress contactemail primaryemail loginemail",
            ),
            (
                70,
                "workemail otheremail secondaryemail emailsecondary backupemail",
            ),
        ],
    ),
    (
        "phoneNumber",
        &[
            (
                95,
                "phone phonenumber phoneno mobile mobilenumber mobileno mobilephone mobilephonenumber cell cellphone cellnumber cellphonenumber msisdn handy e164 phonee164",
            ),
            (
                90,
                "tel telno telephone telephonenumber telephoneno telefon telefonnummer telefono contactnumber contactphone primaryphone",
            ),
            (
                60,
                "homephone workphone officephone landline phone2 secondaryphone phonehome phonework",
            ),
        ],
    ),
    ("region", &[(40, "operatingregion")]),
    (
        "currencies",
        &[(
            85,
            "currencies currency currencycodes preferredcurrency defaultcurrency currencycode",
        )],
    ),
    ("kycUrl", &[(95, "kycurl kyclink")]),
    (
        "address.line1",
        &[
            (
                95,
                "addressline1 address1 addr1 line1 street1 streetaddress1 addr line1address",
            ),
            (
                92,
                "street streetaddress address streetandnumber streetname strasse straße calle rue addressstreet streetline1",
            ),
            (
                70,
                "fulladdress postaladdress residentialaddress homeaddress",
            ),
        ],
    ),
    (
        "address.line2",
        &[
            (
                95,
                "addressline2 address2 addr2 line2 street2 streetaddress2 streetline2 addressextra addresssuffix",
            ),
            (
                80,
                "apt apartment unit suite flat floor building aptno unitno",
            ),
        ],
    ),
    (
        "address.city",
        &[(
            95,
            "city town cityname locality municipality ort stadt ciudad ville townorcity citytown",
        )],
    ),
    (
        "address.state",
        &[
            (
                95,
                "state province stateprovince stateorprovince statecode provincecode stateregion regioncode regionstate",
            ),
            (
                85,
                "region county bundesland prefecture provincia department administrativearea subdivision",
            ),
        ],
    ),
    (
        "address.postalCode",
        &[(
            95,
            "zip zipcode postcode postalcode postal plz cp pin pincode cep postleitzahl zippostal zippostalcode postalzip zip5 codepostal postnumber",
        )],
    ),
    (
        "address.country",
        &[
            (
                95,
                "country countrycode countryiso countryiso2 isocountry iso2 countryname countryofresidence residencecountry residentcountry countryresidence land",
            ),
            (85, "pais pays nation"),
        ],
    ),
    (
        "endUserTermsConsent.acceptedAt",
        &[(
            95,
            "termsacceptedat termsaccepted termsacceptedon tosacceptedat tosaccepted tosacceptedon acceptedtermsat acceptedtosat consentat consentedat consentgivenat tosdate termsdate termsagreedat agreedtotermsat acceptedat termsacceptancedate termstimestamp tostimestamp eulaacceptedat",
        )],
    ),
    (
        "endUserTermsConsent.ipAddress",
        &[
            (
                95,
                "termsip tosip consentip termsacceptedip tosacceptedip acceptedip acceptanceip termsipaddress tosipaddress consentipaddress",
            ),
            (60, "ip ipaddress ipaddr signupip registrationip"),
        ],
    ),
    (
        "endUserTermsConsent.termsVersion",
        &[(
            95,
            "termsversion tosversion consentversion termsv eulaversion",
        )],
    ),
    (
        "endUserTermsConsent.acceptanceMethod",
        &[(
            95,
            "acceptancemethod termsmethod consentmethod termsacceptancemethod",
        )],
    ),
    (
        "fullName",
        &[
            (
                95,
                "fullname personname wholename completename nameofperson legalfullname",
            ),
            (
                88,
                "name customername username clientname membername nombre nom namefull",
            ),
            (
                65,
                "displayname accountholder accountname holdername contactname nickname",
            ),
        ],
    ),
    (
        "birthDate",
        &[(
            95,
            "dob dateofbirth birthdate birthday birthdt bday born bornon borndate dateborn geburtsdatum geburtstag geburt fechanacimiento fechadenacimiento datenaissance birth",
        )],
    ),
    (
        "nationality",
        &[
            (
                95,
                "nationality nationalitycode citizenship citizenof citizenshipcountry countryofcitizenship nationalitycountry countryofnationality citizenshipcode",
            ),
            (60, "passportcountry"),
        ],
    ),
    (
        "idType",
        &[(
            90,
            "idtype identifiertype taxidtype identificationtype taxidentifiertype",
        )],
    ),
    (
        "identifier",
        &[
            (
                95,
                "ssn socialsecuritynumber socialsecurityno socialsecurity itin ssnitin",
            ),
            (
                75,
                "identifier personaltaxid taxpayerid nationalid nationalidnumber idnumber",
            ),
        ],
    ),
    (
        "countryOfIssuance",
        &[(
            95,
            "countryofissuance issuingcountry idcountry issuecountry idissuingcountry",
        )],
    ),
    (
        "sourceOfFundsCategories",
        &[(
            92,
            "sourceoffunds sourcesoffunds fundssource sourceoffundscategory sourceoffundscategories sof fundsources",
        )],
    ),
    (
        "sourceOfWealthCategories",
        &[(
            92,
            "sourceofwealth sourcesofwealth sourceofwealthcategory wealthsource sow",
        )],
    ),
    (
        "purposeOfAccount",
        &[(92, "purposeofaccount accountpurpose purpose useofaccount")],
    ),
    (
        "expectedMonthlyTransactionCount",
        &[(
            85,
            "expectedmonthlytransactions monthlytransactions monthlytransactioncount expectedtransactions",
        )],
    ),
    (
        "expectedMonthlyTransactionVolume",
        &[(
            85,
            "expectedmonthlyvolume monthlyvolume monthlytransactionvolume expectedvolume",
        )],
    ),
    (
        "annualIncomeRange",
        &[(
            90,
            "annualincome incomerange yearlyincome income annualincomerange",
        )],
    ),
    ("netWorthRange", &[(90, "networth networthrange wealth")]),
    ("pepStatus", &[(92, "pep pepstatus politicallyexposed")]),
    (
        "businessInfo.legalName",
        &[
            (
                95,
                "company companyname companylegalname businessname businesslegalname legalname orgname organization organisation organizationname organisationname firm firmname firma firmenname legalentityname corporatename registeredname merchantname empresa razonsocial societe",
            ),
            (85, "business org entityname legalentity merchant"),
        ],
    ),
    (
        "businessInfo.registrationNumber",
        &[(
            95,
            "registrationnumber registrationno regno regnumber companynumber companyno companyregistrationnumber companyregistrationno businessregistrationnumber crn hrb companyregno commercialregister registernumber handelsregister siren siret",
        )],
    ),
    (
        "businessInfo.taxId",
        &[
            (
                95,
                "vatid vat vatnumber vatno vatregistrationnumber ein fein companytaxid businesstaxid gst gstin gstnumber ustid ustidnr cnpj businesstaxnumber employeridentificationnumber",
            ),
            (
                85,
                "taxid tin taxnumber taxno taxidentifier taxidentificationnumber steuernummer",
            ),
        ],
    ),
    (
        "businessInfo.country",
        &[(
            95,
            "companycountry businesscountry countryofincorporation incorporationcountry registeredcountry registrationcountry countryofregistration jurisdiction companycountrycode businesscountrycode orgcountry",
        )],
    ),
    (
        "businessInfo.incorporatedOn",
        &[(
            95,
            "incorporatedon incorporated incorporationdate dateofincorporation founded foundedon foundingdate datefounded established establishedon establisheddate gruendungsdatum gruendung grundung grundungsdatum gegrundet incorporationdt companyregistrationdate",
        )],
    ),
    (
        "businessInfo.doingBusinessAs",
        &[(
            95,
            "dba doingbusinessas tradingname tradename tradingas dbaname brandname",
        )],
    ),
    (
        "businessInfo.entityType",
        &[(
            95,
            "entitytype legalform companytype businessentitytype legalstructure companyform businessstructure rechtsform",
        )],
    ),
    (
        "businessInfo.businessType",
        &[(
            95,
            "sector industry businesstype lineofbusiness branche industrysector businesscategory industrytype",
        )],
    ),
    ("businessInfo.naicsCode", &[(95, "naics naicscode")]),
    (
        "businessInfo.countriesOfOperation",
        &[(
            95,
            "countriesofoperation operatingcountries countriesoperation operatesin",
        )],
    ),
    (
        "businessInfo.primaryContactFirstName",
        &[(
            96,
            "contactfirstname primarycontactfirstname contactgivenname repfirstname",
        )],
    ),
    (
        "businessInfo.primaryContactLastName",
        &[(
            96,
            "contactlastname primarycontactlastname contactsurname contactfamilyname replastname",
        )],
    ),
    (
        "externalAccount.accountInfo.accountType",
        &[(78, "bankaccounttype payouttype accounttype")],
    ),
    (
        "externalAccount.accountInfo.accountNumber",
        &[(
            96,
            "bankaccountnumber bankaccountno bankaccount accountnumber accountno acctno acctnumber accountnr kontonummer",
        )],
    ),
    (
        "externalAccount.accountInfo.routingNumber",
        &[(
            95,
            "routing routingnumber routingno aba abanumber abarouting routingcode achrouting",
        )],
    ),
    (
        "externalAccount.accountInfo.bankAccountType",
        &[(
            84,
            "accountcategory bankaccounttype accounttype checkingsavings",
        )],
    ),
    (
        "externalAccount.accountInfo.bankName",
        &[(95, "bank bankname nameofbank financialinstitution")],
    ),
    (
        "externalAccount.accountInfo.clabeNumber",
        &[(95, "clabe clabenumber")],
    ),
    (
        "externalAccount.accountInfo.pixKey",
        &[(95, "pix pixkey chavepix")],
    ),
    (
        "externalAccount.accountInfo.pixKeyType",
        &[(95, "pixkeytype pixtype")],
    ),
    (
        "externalAccount.accountInfo.iban",
        &[(95, "iban ibannumber bankiban")],
    ),
    (
        "externalAccount.accountInfo.swiftCode",
        &[(95, "bic swift swiftcode swiftbic biccode bicswift")],
    ),
    ("externalAccount.accountInfo.sortCode", &[(95, "sortcode")]),
    ("externalAccount.accountInfo.ifsc", &[(95, "ifsc ifsccode")]),
    (
        "externalAccount.accountInfo.vpa",
        &[(95, "vpa upi upiid upiaddress upihandle")],
    ),
    (
        "bankAccountInfo.accountType",
        &[(80, "bankaccounttype accounttype")],
    ),
    (
        "bankAccountInfo.accountNumber",
        &[(
            96,
            "bankaccountnumber bankaccountno bankaccount accountnumber accountno acctno acctnumber accountnr kontonummer",
        )],
    ),
    (
        "bankAccountInfo.routingNumber",
        &[(
            95,
            "routing routingnumber routingno aba abanumber abarouting routingcode achrouting",
        )],
    ),
    (
        "bankAccountInfo.accountCategory",
        &[(
            84,
            "accountcategory bankaccounttype accounttype checkingsavings",
        )],
    ),
    (
        "bankAccountInfo.bankName",
        &[(95, "bank bankname nameofbank financialinstitution")],
    ),
    ("bankAccountInfo.clabeNumber", &[(95, "clabe clabenumber")]),
    ("bankAccountInfo.pixKey", &[(95, "pix pixkey chavepix")]),
    ("bankAccountInfo.pixKeyType", &[(95, "pixkeytype pixtype")]),
    ("bankAccountInfo.iban", &[(95, "iban ibannumber bankiban")]),
    (
        "bankAccountInfo.swiftBic",
        &[(95, "bic swift swiftcode swiftbic biccode bicswift")],
    ),
    (
        "bankAccountInfo.vpa",
        &[(95, "vpa upi upiid upiaddress upihandle")],
    ),
    (
        "bankAccountInfo.currency",
        &[(80, "accountcurrency bankcurrency bankaccountcurrency")],
    ),
    (
        "bankAccountInfo.platformAccountId",
        &[(85, "bankaccountid platformaccountid")],
    ),
];

pub(super) const PARTS: [(Target, &str); 3] = [
    (
        Target::FirstName,
        "firstname first fname givenname given forename vorname prenom namefirst namegiven givennames firstnames nombrepila primernombre",
    ),
    (
        Target::MiddleName,
        "middlename middle mname middleinitial namemiddle secondname middlenames mi",
    ),
    (
        Target::LastName,
        "lastname last lname surname familyname family nachname apellido apellidos namelast namefamily namesurname nomdefamille secondsurname",
    ),
];

/// Words in front of a name that say whose it is, and how much less sure they leave it.
pub(super) const OWNERS: &[(u8, &str)] = &[
    (
        2,
        "user users customer member client person profile individual kyc primary main personal legal current account holder end applicant subscriber my raw src source",
    ),
    (
        3,
        "address addr home residence residential billing contact registered",
    ),
    (
        20,
        "mailing postal company business org organization organisation firm work",
    ),
    (
        40,
        "shipping delivery other secondary alt alternate alternative old previous",
    ),
];

/// Words that make it somebody else's, or something else, whatever follows.
pub(super) const OTHERS: &str = "created updated modified deleted last parent manager referrer referral referred emergency spouse partner agent created_by invoice device browser utm stripe session password hash";
