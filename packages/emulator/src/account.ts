/** The account that owns every bucket here. Real ones are numbers of up to 18 digits, beyond what a double can hold. */
export const OWNER_ID = '104598367218042751'
