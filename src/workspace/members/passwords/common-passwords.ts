const LISTED = `123456789012 1234567890123 12345678901234 123456789123 123123123123 121212121212 111111111111 000000000000 987654321098 qwertyuiop qwertyuiopas
  qwertyuiopasdf qwertyuiop[] asdfghjkl asdfghjklqwerty qwerty qwertyqwerty qwerty123456 1qaz2wsx3edc 1q2w3e4r5t6y 1q2w3e4r5t6y7u zxcvbnmasdfg
  password passwordpassword passw0rd p@ssw0rd p@ssword mypassword newpassword thisispassword thisismypassword changeme changemenow pleasechangeme
  letmein letmeinletmein letmeinplease iloveyou iloveyousomuch iloveyouforever administrator administration adminadmin adminadminadmin superadmin
  welcome welcomewelcome welcomehome welcometo sunshine princess football baseball basketball superman batman dragon monkey master shadow
  trustno1 trustnoone whatever starwars computer internet samsung michelle jennifer liverpool arsenal chelsea manchester newcastle
  opensesame secretsecret supersecret topsecret mysecret donttellanyone
  summer winter spring autumn january february march april may june july august september october november december
  tenantry tenantrytenantry testtest testtesttest testpassword temporary temporarypassword defaultpassword default guestguest rootroot
  abcdefghijkl abcdefghijklm abcdefghijklmnop abcdefgh abcabcabcabc abc123abc123 aaaaaaaaaaaa q1w2e3r4t5y6 google facebook linkedin`;

/** Passwords that are tried first, in lower case; those shorter than any accepted one count with signs and digits around them. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(LISTED.split(/\s+/));
