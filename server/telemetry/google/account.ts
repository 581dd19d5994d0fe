/** Whether Google refuses because nobody is logged in here, or no longer: whatever library says so, the person has to do the same. */
export const isLoginNeeded = (said: string): boolean => /default credentials|invalid_grant|invalid_rapt/.test(said);

export const loginNeeded = "Google does not know this account; run: gcloud auth application-default login";
