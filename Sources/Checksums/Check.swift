/// What a text must hold beyond its shape to be what it looks like: check digits, ranges, dates, randomness. Named behind `valid` in patterns.
///
/// A check that fails only takes a match away, so each admits everything that its issuer gives out.
package enum Check: String, CaseIterable, Sendable {
  // Payments.
  case luhn, card, iban

  // People, Europe.
  case ukNino = "uk_nino"
  case ukNHS = "uk_nhs"
  case iePPSN = "ie_ppsn"
  case deTaxID = "de_tax_id"
  case frNIR = "fr_nir"
  case esDNI = "es_dni"
  case ptNIF = "pt_nif"
  case itCodiceFiscale = "it_codice_fiscale"
  case nlBSN = "nl_bsn"
  case beNational = "be_national"
  case chAHV = "ch_ahv"
  case atSVNR = "at_svnr"
  case sePersonnummer = "se_personnummer"
  case fiHETU = "fi_hetu"
  case noFNR = "no_fnr"
  case dkCPR = "dk_cpr"
  case balticCode = "baltic_code"
  case plPESEL = "pl_pesel"
  case czRC = "cz_rc"
  case roCNP = "ro_cnp"
  case bgEGN = "bg_egn"
  case hrOIB = "hr_oib"
  case grAMKA = "gr_amka"
  case jmbg
  case trTCKN = "tr_tckn"
  case ruSNILS = "ru_snils"

  // People and companies elsewhere.
  case usSSN = "us_ssn"
  case usITIN = "us_itin"
  case usRouting = "us_routing"
  case usNPI = "us_npi"
  case caSIN = "ca_sin"
  case mxCURP = "mx_curp"
  case brCPF = "br_cpf"
  case brCNPJ = "br_cnpj"
  case arCUIT = "ar_cuit"
  case clRUT = "cl_rut"
  case inAadhaar = "in_aadhaar"
  case inPAN = "in_pan"
  case cnResident = "cn_resident"
  case krRRN = "kr_rrn"
  case jpMyNumber = "jp_my_number"
  case twID = "tw_id"
  case sgNRIC = "sg_nric"
  case thID = "th_id"
  case ilID = "il_id"
  case aeID = "ae_id"
  case zaID = "za_id"
  case auTFN = "au_tfn"
  case auMedicare = "au_medicare"
  case nzIRD = "nz_ird"

  // Addresses and places.
  case ip, phone, coordinates

  // Secrets.
  case random, crc32, jwt
  case notPlaceholder = "not_placeholder"

  /// Whether a pattern's match is what it looks like. The match may begin with words that announce the number. Takes time linear in the match
  /// and no memory.
  package func holds(_ match: Span<UInt8>) -> Bool {
    switch self {
    case .luhn: Payments.luhn(match)
    case .card: Payments.card(match)
    case .iban: Payments.iban(match)
    case .ip: Addresses.ip(match)
    case .phone: Addresses.phone(match)
    case .coordinates: Addresses.coordinates(match)
    case .random: Randomness.holds(match)
    case .notPlaceholder: !Randomness.isPlaceholder(match)
    case .crc32: Tokens.crc32(match)
    case .jwt: Tokens.jwt(match)
    default: isNational(match)
    }
  }

  private func isNational(_ match: Span<UInt8>) -> Bool {
    switch self {
    case .ukNino: Europe.ukInsurance(match)
    case .ukNHS: Europe.ukHealth(match)
    case .iePPSN: Europe.irishService(match)
    case .deTaxID: Europe.germanTax(match)
    case .frNIR: Europe.frenchSecurity(match)
    case .esDNI: Europe.spanishIdentity(match)
    case .ptNIF: Europe.portugueseTax(match)
    case .itCodiceFiscale: Europe.italianTax(match)
    case .nlBSN: Europe.dutchService(match)
    case .beNational: Europe.belgianRegister(match)
    case .chAHV: Europe.swissInsurance(match)
    case .atSVNR: Europe.austrianInsurance(match)
    case .sePersonnummer: Europe.swedishPersonal(match)
    case .fiHETU: Europe.finnishPersonal(match)
    case .noFNR: Europe.norwegianBirth(match)
    case .dkCPR: Europe.danishPersonal(match)
    case .balticCode: Europe.balticPersonal(match)
    case .plPESEL: Europe.polishPersonal(match)
    case .czRC: Europe.czechBirth(match)
    case .roCNP: Europe.romanianPersonal(match)
    case .bgEGN: Europe.bulgarianCivil(match)
    case .hrOIB: Europe.croatianPersonal(match)
    case .grAMKA: Europe.greekSecurity(match)
    case .jmbg: Europe.southSlavicCitizen(match)
    case .trTCKN: Europe.turkishIdentity(match)
    case .ruSNILS: Europe.russianInsurance(match)
    default: isOverseas(match)
    }
  }

  private func isOverseas(_ match: Span<UInt8>) -> Bool {
    switch self {
    case .usSSN: Elsewhere.usSecurity(match)
    case .usITIN: Elsewhere.usTaxpayer(match)
    case .usRouting: Elsewhere.usRouting(match)
    case .usNPI: Elsewhere.usProvider(match)
    case .caSIN: Elsewhere.canadianInsurance(match)
    case .mxCURP: Elsewhere.mexicanRegistry(match)
    case .brCPF: Elsewhere.brazilianPerson(match)
    case .brCNPJ: Elsewhere.brazilianCompany(match)
    case .arCUIT: Elsewhere.argentineTax(match)
    case .clRUT: Elsewhere.chileanTax(match)
    case .inAadhaar: Elsewhere.indianAadhaar(match)
    case .inPAN: Elsewhere.indianAccount(match)
    case .cnResident: Elsewhere.chineseResident(match)
    case .krRRN: Elsewhere.koreanResident(match)
    case .jpMyNumber: Elsewhere.japaneseIndividual(match)
    case .twID: Elsewhere.taiwaneseIdentity(match)
    case .sgNRIC: Elsewhere.singaporeRegistration(match)
    case .thID: Elsewhere.thaiIdentity(match)
    case .ilID: Elsewhere.israeliIdentity(match)
    case .aeID: Elsewhere.emiratesIdentity(match)
    case .zaID: Elsewhere.southAfricanIdentity(match)
    case .auTFN: Elsewhere.australianTax(match)
    case .auMedicare: Elsewhere.australianMedicare(match)
    case .nzIRD: Elsewhere.newZealandTax(match)
    default: false
    }
  }
}
