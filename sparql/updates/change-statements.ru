# Changes statements of named graphs in one step: an engine carries out a request as a whole, or not at all.
# https://www.w3.org/TR/sparql11-update/#updateServices
DELETE DATA {
#removed
} ;
INSERT DATA {
#added
}
