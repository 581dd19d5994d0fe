; Facts of Python. A line `;; name` opens a section; each section is one query.

;; calls
(call function: (_) @callee arguments: (argument_list) @arguments) @call

;; objects
(dictionary) @object

;; functions
(function_definition name: (identifier) @name body: (_) @body) @function

;; bindings
(parameters (identifier) @parameter)
(parameters (default_parameter name: (identifier) @parameter))
(parameters (typed_parameter . (identifier) @parameter))
(parameters [(list_splat_pattern (identifier) @parameter) (dictionary_splat_pattern (identifier) @parameter)])
(parameters (typed_default_parameter name: (identifier) @parameter))
(lambda_parameters (identifier) @parameter)
(lambda_parameters (default_parameter name: (identifier) @parameter))
(assignment left: (identifier) @variable)
(assignment left: (pattern_list (identifier) @variable))
(assignment left: (tuple_pattern (identifier) @variable))
(named_expression name: (identifier) @variable)
(for_statement left: (identifier) @variable)
(for_statement left: (pattern_list (identifier) @variable))
(for_in_clause left: (identifier) @variable)
(for_in_clause left: (pattern_list (identifier) @variable))
(as_pattern_target (identifier) @variable)
(function_definition name: (identifier) @function)
(class_definition name: (identifier) @class)
