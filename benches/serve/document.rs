//! The small API that is measured, and the requests that are made of it.

use std::net::SocketAddr;

/// One request of the benchmark.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    /// What the table calls it.
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) target: &'static str,
    pub(crate) body: &'static str,
    /// The status that it is answered with.
    pub(crate) status: u16,
    /// Whether every reply is to be generated afresh, with 5 kB or more.
    pub(crate) is_fresh: bool,
}

impl Case {
    /// The request as bytes for a server at the address.
    pub(crate) fn request(&self, address: SocketAddr) -> String {
        let Self { method, target, body, .. } = self;
        let content = if body.is_empty() {
            String::new()
        } else {
            format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len())
        };
        format!("{method} {target} HTTP/1.1\r\nhost: {address}\r\naccept: */*\r\n{content}\r\n{body}")
    }
}

/// Any request to a server that always answers the same.
pub(crate) const CONSTANT: Case =
    Case { name: "constant handler", method: "GET", target: "/", body: "", status: 200, is_fresh: false };

/// All cases, in the order of the table.
pub(crate) const CASES: [Case; 3] = [
    Case {
        name: "GET list of ten, generated",
        method: "GET",
        target: "/v1/organizations",
        body: "",
        status: 200,
        is_fresh: true,
    },
    Case {
        name: "GET by example",
        method: "GET",
        target: "/v1/organizations/8f14e45f-ceea-467f-a8d1-0b4c3a1d2e5f",
        body: "",
        status: 200,
        is_fresh: false,
    },
    Case {
        name: "POST checked",
        method: "POST",
        target: "/v1/organizations",
        body: r#"{"name":"Hanseatic Freight","slug":"hanseatic-freight","email":"office@hanseatic-freight.example","website":"https://hanseatic-freight.example/","city":"Hamburg","country":"DE","employees":120,"plan":"business","tags":["logistics","shipping"]}"#,
        status: 201,
        is_fresh: false,
    },
];

/// The document, in OpenAPI 3.1.
pub(crate) const DOCUMENT: &str = r"openapi: 3.1.0
info: { title: Organizations, version: '1' }
servers: [{ url: /v1 }]
paths:
  /organizations:
    get:
      operationId: listOrganizations
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }
      responses:
        '200':
          description: The organizations.
          content:
            application/json:
              schema:
                type: object
                required: [organizations]
                properties:
                  organizations:
                    type: array
                    minItems: 10
                    maxItems: 10
                    items: { $ref: '#/components/schemas/Organization' }
    post:
      operationId: createOrganization
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: '#/components/schemas/NewOrganization' }
      responses:
        '201':
          description: The new organization.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Organization' }
  /organizations/{id}:
    get:
      operationId: getOrganization
      parameters:
        - { name: id, in: path, required: true, schema: { type: string, format: uuid } }
      responses:
        '200':
          description: The organization.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Organization' }
              example:
                id: 8f14e45f-ceea-467f-a8d1-0b4c3a1d2e5f
                name: Hanseatic Freight
                slug: hanseatic-freight
                email: office@hanseatic-freight.example
                phone: '+49 40 5550100'
                website: https://hanseatic-freight.example/
                street: Am Sandtorkai 1
                city: Hamburg
                country: DE
                description: Moves containers between the North Sea and the Baltic, day and night, by rail where there is a line.
                employees: 120
                plan: business
                suspended: false
                tags: [logistics, shipping]
                created_at: '2021-03-04T05:06:07Z'
                updated_at: '2024-05-06T07:08:09Z'
components:
  schemas:
    NewOrganization:
      type: object
      required: [name, slug, email, country]
      additionalProperties: false
      properties:
        name: { type: string, minLength: 1, maxLength: 80 }
        slug: { type: string, pattern: '^[a-z][a-z0-9-]*$', maxLength: 40 }
        email: { type: string, format: email }
        website: { type: string, format: uri }
        city: { type: string, maxLength: 80 }
        country: { type: string, pattern: '^[A-Z]{2}$' }
        employees: { type: integer, minimum: 1, maximum: 500000 }
        plan: { enum: [free, business, enterprise] }
        tags: { type: array, maxItems: 8, items: { type: string, minLength: 1, maxLength: 20 } }
    Organization:
      type: object
      required:
        - id
        - name
        - slug
        - email
        - phone
        - website
        - street
        - city
        - country
        - description
        - employees
        - plan
        - suspended
        - tags
        - created_at
        - updated_at
      properties:
        id: { type: string, format: uuid }
        name: { type: string, minLength: 1, maxLength: 80 }
        slug: { type: string, pattern: '^[a-z][a-z0-9-]*$', maxLength: 40 }
        email: { type: string, format: email }
        phone: { type: string }
        website: { type: string, format: uri }
        street: { type: string }
        city: { type: string, maxLength: 80 }
        country: { type: string, pattern: '^[A-Z]{2}$' }
        description: { type: string, minLength: 100, maxLength: 240 }
        employees: { type: integer, minimum: 1, maximum: 500000 }
        plan: { enum: [free, business, enterprise] }
        suspended: { type: boolean }
        tags: { type: array, minItems: 1, maxItems: 4, items: { type: string, minLength: 3, maxLength: 20 } }
        created_at: { type: string, format: date-time }
        updated_at: { type: string, format: date-time }
";
