-- The request that import-users makes for a person, for wrk.
wrk.method = "POST"
wrk.path = "/user_management/users"
wrk.headers["Authorization"] = "Bearer sk_test_bench"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"email":"person.000001@example.com","first_name":"Per","last_name":"Son",' ..
  '"email_verified":true,"external_id":"x-000001"}'
