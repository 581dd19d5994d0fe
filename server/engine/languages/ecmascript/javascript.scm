; What only the JavaScript grammar has.

;; bindings
(formal_parameters (identifier) @parameter)
(class_declaration name: (identifier) @class)
