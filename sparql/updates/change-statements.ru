# Changes statements of named graphs in one request: an engine carries it out as a whole, or not at all.
# https://www.w3.org/TR/sparql11-update/#updateServices
# An engine that does not names no release between the first step and the last, so that no site reads it.
DELETE DATA {
#withdrawn
} ;
DELETE DATA {
#removed
} ;
INSERT DATA {
#added
} ;
INSERT DATA {
#stated
}
