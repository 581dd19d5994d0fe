; What only the TypeScript grammars have.

;; bindings
(required_parameter pattern: (identifier) @parameter)
(optional_parameter pattern: (identifier) @parameter)
(class_declaration name: (type_identifier) @class)
