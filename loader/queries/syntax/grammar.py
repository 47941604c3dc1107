"""The grammar of SPARQL queries, as text: what may stand where.

It is that of SPARQL 1.2 (https://www.w3.org/TR/sparql12-query/#sparqlGrammar) without updates, with
what the engine reads besides (LATERAL, ADJUST, solution modifiers after ASK). Words in capitals are
keywords, signs in quotes stand for themselves, other words in small letters are kinds of tokens,
and the rest are rules. Every choice is decided by the next token.
"""

GRAMMAR = """
Query: Prologue ( SelectQuery | ConstructQuery | DescribeQuery | AskQuery ) ValuesClause
Prologue: ( BASE iri | PREFIX namespace iri | VERSION string )*
SelectQuery: SelectClause DatasetClause* WhereClause SolutionModifier
SubSelect: SelectClause WhereClause SolutionModifier ValuesClause
SelectClause: SELECT ( DISTINCT | REDUCED )? ( SelectItem SelectItem* | '*' )
SelectItem: Var | '(' Expression AS Var ')'
ConstructQuery: CONSTRUCT ( ConstructWhole | DatasetClause* WHERE Template SolutionModifier )
ConstructWhole: Template DatasetClause* WhereClause SolutionModifier
DescribeQuery: DESCRIBE ( VarOrIri VarOrIri* | '*' ) DatasetClause* WhereClause? SolutionModifier
AskQuery: ASK DatasetClause* WhereClause SolutionModifier
DatasetClause: FROM ( Iri | NAMED Iri )
WhereClause: WHERE? Group
SolutionModifier: GroupClause? HavingClause? OrderClause? LimitClauses?
GroupClause: GROUP BY GroupCondition GroupCondition*
GroupCondition: BuiltInCall | FunctionCall | '(' Expression ( AS Var )? ')' | Var
HavingClause: HAVING Constraint Constraint*
OrderClause: ORDER BY OrderCondition OrderCondition*
OrderCondition: ( ASC | DESC ) Bracketed | Constraint | Var
LimitClauses: LimitClause OffsetClause? | OffsetClause LimitClause?
LimitClause: LIMIT integer
OffsetClause: OFFSET integer
ValuesClause: ( VALUES DataBlock )?

Template: '{' TemplateTriples? '}'
TemplateTriples: PlainTriples ( '.' TemplateTriples? )?
PlainTriples: Term PlainList | PlainNode PlainList? | ReifiedTriple PlainList?
PlainList: Verb PlainObjects ( ';' ( Verb PlainObjects )? )*
PlainObjects: PlainObject ( ',' PlainObject )*
PlainObject: PlainValue ( Reifier | '{|' PlainList '|}' )*
PlainValue: Term | PlainNode | ReifiedTriple
PlainNode: '(' PlainValue PlainValue* ')' | '[' PlainList ']'
Verb: Var | Iri | a

Group: '{' ( SubSelect | GroupContent ) '}'
GroupContent: Triples? ( Pattern '.'? Triples? )*
Triples: PathTriples ( '.' Triples? )?
PathTriples: Term PathList | PathNode PathList? | ReifiedTriple PathList?
PathList: PathVerb PathObjects ( ';' ( PathVerb PathObjects )? )*
PathVerb: Path | Var
PathObjects: PathObject ( ',' PathObject )*
PathObject: Value ( Reifier | '{|' PathList '|}' )*
Value: Term | PathNode | ReifiedTriple
PathNode: '(' Value Value* ')' | '[' PathList ']'
Reifier: '~' ( VarOrIri | blank | anon )?
ReifiedTriple: '<<' Member Verb Member Reifier? '>>'
TripleTerm: '<<(' Member Verb Member ')>>'
Member: Term | ReifiedTriple
Term: Var | Iri | Literal | SignedNumber | blank | anon | nil | TripleTerm

Path: PathSequence ( '|' PathSequence )*
PathSequence: PathStep ( '/' PathStep )*
PathStep: '^'? PathPrimary ( '?' | '*' | '+' )?
PathPrimary: Iri | a | '!' PathNegated | '(' Path ')'
PathNegated: PathOne | '(' PathOne ( '|' PathOne )* ')' | nil
PathOne: Iri | a | '^' ( Iri | a )

Pattern: Union | Optional | Minus | Lateral | Graph | Service | Filter | Bind | Values
Union: Group ( UNION Group )*
Optional: OPTIONAL Group
Minus: MINUS Group
Lateral: LATERAL Group
Graph: GRAPH VarOrIri Group
Service: SERVICE SILENT? VarOrIri Group
Filter: FILTER Constraint
Bind: BIND '(' Expression AS Var ')'
Values: VALUES DataBlock
DataBlock: Var '{' DataValue* '}' | ( nil | '(' Var* ')' ) '{' ( nil | '(' DataValue* ')' )* '}'
DataValue: Iri | Literal | SignedNumber | UNDEF | TripleTerm

Constraint: Bracketed | BuiltInCall | FunctionCall
Bracketed: '(' Expression ')'
FunctionCall: Iri Arguments
Arguments: nil | '(' DISTINCT? Expression ( ',' Expression )* ')'
Expressions: nil | '(' Expression ( ',' Expression )* ')'
Expression: AndExpression ( '||' AndExpression )*
AndExpression: Comparison ( '&&' Comparison )*
Comparison: Sum ( Compare Sum | IN Expressions | NOT IN Expressions )?
Compare: '=' | '!=' | '<' | '>' | '<=' | '>='
Sum: Product ( ( '+' | '-' ) Product | SignedNumber ( ( '*' | '/' ) Unary )* )*
Product: Unary ( ( '*' | '/' ) Unary )*
Unary: ( '!' | '+' | '-' ) Unary | Primary
Primary: Bracketed | BuiltInCall | Iri Arguments? | Literal | SignedNumber | Var | TripleTerm

BuiltInCall: Aggregate | Existence | NoArgument nil | OneArgument '(' Expression ')'
  | TwoArguments '(' Expression ',' Expression ')'
  | ThreeArguments '(' Expression ',' Expression ',' Expression ')'
  | ( SUBSTR | REGEX ) '(' Expression ',' Expression ( ',' Expression )? ')'
  | REPLACE '(' Expression ',' Expression ',' Expression ( ',' Expression )? ')'
  | ( CONCAT | COALESCE ) Expressions | BOUND '(' Var ')' | BNODE ( '(' Expression ')' | nil )
Existence: EXISTS Group | NOT EXISTS Group
Aggregate: COUNT '(' DISTINCT? ( '*' | Expression ) ')'
  | ( SUM | MIN | MAX | AVG | SAMPLE ) '(' DISTINCT? Expression ')'
  | GROUP_CONCAT '(' DISTINCT? Expression ( ';' SEPARATOR '=' string )? ')'
NoArgument: RAND | NOW | UUID | STRUUID
OneArgument: STR | LANG | LANGDIR | DATATYPE | IRI | URI | ABS | CEIL | FLOOR | ROUND | STRLEN
  | UCASE | LCASE | ENCODE_FOR_URI | YEAR | MONTH | DAY | HOURS | MINUTES | SECONDS | TIMEZONE | TZ
  | MD5 | SHA1 | SHA256 | SHA384 | SHA512 | isIRI | isURI | isBLANK | isLITERAL | isNUMERIC
  | hasLANG | hasLANGDIR | isTRIPLE | SUBJECT | PREDICATE | OBJECT
TwoArguments: LANGMATCHES | CONTAINS | STRSTARTS | STRENDS | STRBEFORE | STRAFTER | STRLANG | STRDT
  | sameTerm | ADJUST
ThreeArguments: IF | STRLANGDIR | TRIPLE

Var: var
VarOrIri: Var | Iri
Iri: iri | prefixed | namespace
Literal: string ( '^^' Iri | langtag )? | integer | number | true | false
SignedNumber: signed
"""
