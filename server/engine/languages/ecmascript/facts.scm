; Facts shared by TypeScript, TSX and JavaScript. A line `;; name` opens a section; each section is one query.

;; calls
(call_expression function: (_) @callee arguments: (arguments) @arguments) @call
(new_expression constructor: (_) @callee arguments: (arguments)? @arguments) @construct

;; objects
(object) @object

;; functions
(function_declaration name: (identifier) @name body: (_) @body) @function
(generator_function_declaration name: (identifier) @name body: (_) @body) @function
(method_definition name: (_) @name body: (_) @body) @function
(variable_declarator name: (identifier) @name value: (arrow_function body: (_) @body)) @function
(variable_declarator name: (identifier) @name value: (function_expression body: (_) @body)) @function

;; bindings
(arrow_function parameter: (identifier) @parameter)
(catch_clause parameter: (identifier) @parameter)
(pair_pattern value: (identifier) @pattern)
(assignment_pattern left: (identifier) @pattern)
(array_pattern (identifier) @pattern)
(rest_pattern (identifier) @pattern)
(variable_declarator name: (identifier) @variable)
(for_in_statement left: (identifier) @variable)
(function_declaration name: (identifier) @function)
(generator_function_declaration name: (identifier) @function)
